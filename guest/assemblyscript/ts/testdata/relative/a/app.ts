import "../lib";
