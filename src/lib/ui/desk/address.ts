/** A path with its answers, each encoded; several may carry one name. */
export const addressOf = (path: string, answers: readonly (readonly [string, string])[]): string =>
  `${path}?${answers.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
