import {
  hello, // of "../js/old"
  // from "../js/old"
  hello as again,
} from '../lib/index';
import Page, * as rest from "../page/index.js";
