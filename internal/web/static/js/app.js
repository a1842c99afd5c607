// The scripts of every page. Each module looks for its own data- attributes
// and does nothing where there are none; no text for people stands in them.
import "./theme.js";
import "./menu.js";
import "./time.js";
import "./keys.js";
import "./palette.js";
import "./pick.js";
import "./copy.js";
import "./draft.js";
import "./toast.js";
import "./live.js";
import "./tabs.js";
