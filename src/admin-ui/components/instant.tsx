import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { formatInstant } from './format.js';

/** An instant in the reader's zone; the exact UTC time is the title. A narrow column breaks it between day and time alone. */
export function Instant({ value }: { value: string }): ReactNode {
  return (
    <time dateTime={value} title={`${value} (UTC)`}>
      {formatInstant(value)
        .split(/(?<=,) /)
        .map((part, index) => (
          <Fragment key={part}>
            {index === 0 ? '' : ' '}
            <span style={{ whiteSpace: 'nowrap' }}>{part}</span>
          </Fragment>
        ))}
    </time>
  );
}
