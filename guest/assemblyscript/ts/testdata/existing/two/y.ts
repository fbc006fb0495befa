import "./x";
import "./made";
import "../one/b";
