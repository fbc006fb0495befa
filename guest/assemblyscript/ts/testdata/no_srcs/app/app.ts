import "../lib/a";
