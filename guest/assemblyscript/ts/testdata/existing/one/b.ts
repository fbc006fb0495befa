import "../two/x";
