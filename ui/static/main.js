// Everything that the page does beside asking, one module each.

import "./follow.js";
import "./source.js";
import "./tools.js";
