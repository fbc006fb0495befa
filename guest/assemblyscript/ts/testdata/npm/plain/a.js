const fs = require("fs");
const get = require("lodash");
