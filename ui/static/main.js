// Everything that the page does beside asking, one module each.

import "./conversation.js";
import "./follow.js";
import "./language.js";
import "./notices.js";
import "./place.js";
import "./retry.js";
import "./scope.js";
import "./shortcuts.js";
import "./source.js";
import "./tools.js";
