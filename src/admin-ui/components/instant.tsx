import type { ReactNode } from 'react';
import { formatInstant } from './format.js';

/** An instant in the reader's zone; the exact UTC time is the title. */
export function Instant({ value }: { value: string }): ReactNode {
  return (
    <time dateTime={value} title={`${value} (UTC)`}>
      {formatInstant(value)}
    </time>
  );
}
