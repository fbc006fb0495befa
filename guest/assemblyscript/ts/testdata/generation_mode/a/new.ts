import "../b/b";
