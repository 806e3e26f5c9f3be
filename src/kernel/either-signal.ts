/** Composites by their two sources; gone with either of them. */
const KNOWN = new WeakMap<AbortSignal, WeakMap<AbortSignal, AbortSignal>>();

/**
 * Aborts as soon as one of two signals does. As `AbortSignal.any`, but of the same two there is only one: to make one for every request
 * costs as much as the request.
 */
export function eitherSignal(first: AbortSignal, second: AbortSignal): AbortSignal {
  let ofFirst = KNOWN.get(first);
  if (ofFirst === undefined) KNOWN.set(first, (ofFirst = new WeakMap()));
  let either = ofFirst.get(second);
  if (either === undefined) ofFirst.set(second, (either = AbortSignal.any([first, second])));
  return either;
}
