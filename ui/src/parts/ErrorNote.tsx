/** Something broke or was refused: what, and what to do. */
export function ErrorNote(props: { error: unknown; again: () => void }) {
  const message = () => (props.error instanceof Error ? props.error.message : String(props.error));
  return (
    <div class="state" role="alert">
      <b>This panel could not be shown</b>
      <p>{message()}</p>
      <p>The rest of the deck goes on. Try again, or reload the page.</p>
      <button type="button" class="button" onClick={() => props.again()}>
        Try again
      </button>
    </div>
  );
}
