/** Whether a key press belongs to a field or to a shortcut of the browser, not to us. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Enter on a link or a button is theirs: somebody who works without a mouse means that one. */
const isOwnEnter = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' &&
  event.target instanceof Element &&
  event.target.closest('a[href], button, summary') !== null;

/** Runs the handler of the pressed key; keys are compared in lower case. */
export function onKeys(
  event: KeyboardEvent,
  handlers: Readonly<Record<string, (() => void) | undefined>>,
): void {
  if (isTyping(event) || isOwnEnter(event)) return;
  const handler = handlers[event.key.toLowerCase()];
  if (!handler) return;
  event.preventDefault();
  handler();
}
