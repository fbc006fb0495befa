import "./new";
