import "../a/new";
