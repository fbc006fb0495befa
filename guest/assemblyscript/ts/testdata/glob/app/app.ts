import "../lib/deep/c";
import "../lib";
