import "../x/x";
import "../y/y";
import "../../out";
