import "./z";
