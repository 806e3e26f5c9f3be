import type { Page } from 'playwright-core';

interface Recorded {
  interactions: Record<string, number>;
  /** Milliseconds of each frame that took longer than 50. */
  longFrames: number[];
}

/** Begins to note how long the page takes from an input to its next paint, and how long frames take. To be called before the page is used. */
export async function recordInteractions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const recorded: Recorded = { interactions: {}, longFrames: [] };
    (window as unknown as { recorded: Recorded }).recorded = recorded;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[]) {
        const { interactionId } = entry;
        if (interactionId === undefined || interactionId === 0) continue;
        const id = `${entry.name} ${interactionId}`;
        recorded.interactions[id] = Math.max(recorded.interactions[id] ?? 0, entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
    // Turning the wheel is no interaction to the browser; what it costs shows in the frames.
    new PerformanceObserver((list) => {
      recorded.longFrames.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'long-animation-frame' });
  });
}

/** Interactions to one that may be an outlier, as browsers count "interaction to next paint". */
const PER_OUTLIER = 50;

/**
 * Time from an input to the next paint in milliseconds (the browser rounds to 8), as https://web.dev/articles/inp defines it: of the
 * slowest input, leaving out one for every 50. With the slowest of all, and of how many inputs.
 */
export async function interactionToNextPaint(
  page: Page,
): Promise<{ milliseconds: number; slowest: number; count: number }> {
  const { interactions } = await page.evaluate(() => (window as unknown as { recorded: Recorded }).recorded);
  const durations = Object.values(interactions).toSorted((left, right) => right - left);
  return {
    milliseconds: durations[Math.floor(durations.length / PER_OUTLIER)] ?? 0,
    slowest: durations[0] ?? 0,
    count: durations.length,
  };
}

/** The longest frame so far, in milliseconds; 0 when none took longer than 50. */
export async function longestFrame(page: Page): Promise<number> {
  const { longFrames } = await page.evaluate(() => (window as unknown as { recorded: Recorded }).recorded);
  return Math.round(Math.max(0, ...longFrames));
}
