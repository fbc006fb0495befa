import data from "./data.json";
import "./app.css";
import logo from "../img/logo.svg";
import words from "../i18n/en.json";
