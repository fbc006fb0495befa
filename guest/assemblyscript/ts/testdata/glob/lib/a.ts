import "./deep/b";
import "../other/o";
