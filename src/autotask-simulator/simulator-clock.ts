/** The simulated vendor's clock: runs like the one beneath it, moved by an offset. */
export class SimulatorClock {
  private offsetMs = 0;

  constructor(private readonly beneath: () => Date) {}

  now(): Date {
    return new Date(this.beneath().getTime() + this.offsetMs);
  }

  /** Moves on by milliseconds; a negative number moves back. */
  advance(milliseconds: number): void {
    this.offsetMs += milliseconds;
  }

  /** Makes it this instant now. */
  set(instant: Date): void {
    this.offsetMs = instant.getTime() - this.beneath().getTime();
  }

  /** Takes the offset back. */
  reset(): void {
    this.offsetMs = 0;
  }
}
