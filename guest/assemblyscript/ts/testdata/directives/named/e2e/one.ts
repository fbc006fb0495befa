import "../a";
