/** Whether a key press belongs to a field or to a shortcut of the browser, not to us. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Runs the handler of the pressed key; keys are compared in lower case. */
export function onKeys(
  event: KeyboardEvent,
  handlers: Readonly<Record<string, (() => void) | undefined>>,
): void {
  if (isTyping(event)) return;
  const handler = handlers[event.key.toLowerCase()];
  if (!handler) return;
  event.preventDefault();
  handler();
}
