import "shared";
import "src/special";
