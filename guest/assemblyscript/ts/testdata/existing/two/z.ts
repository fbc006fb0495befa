import "./y";
