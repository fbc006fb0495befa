import "@app/one";
import "@app/two.js";
import "@app/special";
import "@app/published";
