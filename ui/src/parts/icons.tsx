import type { JSX } from "solid-js";

const icon = (paths: () => JSX.Element) => (props: { small?: boolean }) => (
  <svg class="icon" classList={{ small: props.small === true }} viewBox="0 0 24 24" aria-hidden="true">
    {paths()}
  </svg>
);

export const PortfolioIcon = icon(() => <path d="M3 17l5-6 4 4 8-10M15 5h5v5" />);
export const TradesIcon = icon(() => <path d="M7 20V4M3.5 7.500L7 4l3.5 3.500M17 4v16M13.5 16.500L17 20l3.5-3.5" />);
export const StrategiesIcon = icon(() => (
  <>
    <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
    <circle cx="16" cy="7" r="2.5" />
    <circle cx="8" cy="17" r="2.5" />
  </>
));
export const NewsIcon = icon(() => <path d="M4 5h13v14H6a2 2 0 01-2-2zM17 9h3v8a2 2 0 01-2 2M7.5 9h6M7.5 12.500h6M7.5 16h3" />);
export const ActorsIcon = icon(() => (
  <>
    <circle cx="12" cy="5" r="2.2" />
    <circle cx="5" cy="19" r="2.2" />
    <circle cx="19" cy="19" r="2.2" />
    <path d="M12 7.200V12M5 16.800V12h14v4.8" />
  </>
));
export const SunMoonIcon = icon(() => (
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 4v16a8 8 0 000-16z" fill="currentColor" />
  </>
));
export const HelpIcon = icon(() => <path d="M9 9a3 3 0 114.2 2.800c-.9.4-1.2 1-1.2 2.200M12 17.500v.1" />);
export const ChevronIcon = icon(() => <path d="M9 5l7 7-7 7" />);
export const PlayIcon = icon(() => <path d="M7 5l12 7-12 7z" fill="currentColor" />);
export const PauseIcon = icon(() => <path d="M8 5v14M16 5v14" stroke-width="3.5" />);

/** Two reels in a case: the deck. */
export const Logo = () => (
  <svg viewBox="0 0 28 20" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true">
    <rect x="1" y="1" width="26" height="18" rx="4" />
    <circle cx="9" cy="9" r="3.3" />
    <circle cx="19" cy="9" r="3.3" />
    <path d="M8 15.500h12" />
  </svg>
);
