import { Fragment } from 'react';
import type { ReactNode } from 'react';
import styles from './fact-list.module.css';

/** Names and values of one thing. */
export function FactList({ facts }: { facts: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className={styles['list']}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
