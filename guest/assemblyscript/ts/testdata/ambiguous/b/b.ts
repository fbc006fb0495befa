import "../x/x.js";
import "left-pad";
