import "virtual:routes";
import "~/any/where";
import "./x.generated";
