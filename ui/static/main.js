// Everything that the page does beside asking, one module each.

import "./follow.js";
import "./judging.js";
import "./source.js";
