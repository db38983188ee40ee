import { A } from "@solidjs/router";
import { For } from "solid-js";
import { Dynamic } from "solid-js/web";
import { useDeck } from "../stores/deck.tsx";
import { theme, toggleTheme } from "../theme.ts";
import { PLACES, type PlaceName } from "../views/places.ts";
import { ActorsIcon, HelpIcon, Logo, NewsIcon, PortfolioIcon, StrategiesIcon, SunMoonIcon, TradesIcon } from "./icons.tsx";

const ICONS = {
  Portfolio: PortfolioIcon,
  Trades: TradesIcon,
  Strategies: StrategiesIcon,
  News: NewsIcon,
  Actors: ActorsIcon,
} satisfies Record<PlaceName, unknown>;

/** The views at the side, below 900 px at the bottom. */
export function Rail() {
  const deck = useDeck();
  return (
    <nav class="rail" aria-label="Views">
      <div class="logo" title="Tapedeck">
        <Logo />
      </div>
      <For each={PLACES}>
        {(place) => (
          <A class="to" activeClass="active" end={place.path === "/"} href={place.path} aria-keyshortcuts={`g ${place.key}`}>
            <Dynamic component={ICONS[place.name]} />
            <span>{place.name}</span>
          </A>
        )}
      </For>
      <div class="grow" />
      <button
        type="button"
        class="to extra"
        aria-label={`Switch to ${theme() === "dark" ? "light" : "dark"}`}
        onClick={toggleTheme}
      >
        <SunMoonIcon />
        <span>{theme() === "dark" ? "Light" : "Dark"}</span>
      </button>
      <button type="button" class="to extra" aria-label="Help" aria-keyshortcuts="?" onClick={() => deck.setDialog("help")}>
        <HelpIcon />
        <span>Help</span>
      </button>
    </nav>
  );
}
