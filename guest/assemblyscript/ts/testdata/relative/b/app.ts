import { hello } from "../lib/words.js";
