import "./api/zodSetup.ts";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/parts.css";
import "./style/views.css";
import "./style/narrow.css";
import { startTheme } from "./theme.ts";

startTheme();
const root = document.getElementById("deck");
if (!root) throw new Error("index.html has no #deck");
render(() => <App />, root);
