import "../other/o";
