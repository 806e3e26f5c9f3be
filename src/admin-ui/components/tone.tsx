import type { ReactNode } from 'react';
import { Icon } from './icons.js';
import type { IconName } from './icons.js';
import styles from './tone.module.css';

export type Tone = 'good' | 'warning' | 'bad' | 'info' | 'neutral';

const ICONS: Record<Tone, IconName> = {
  good: 'check',
  warning: 'warning',
  bad: 'cross',
  info: 'info',
  neutral: 'dash',
};

/** A state as icon and word. */
export function ToneBadge(props: { tone: Tone; icon?: IconName; children: ReactNode }): ReactNode {
  return (
    <span className={`${styles['badge']} ${styles[props.tone]}`}>
      <Icon name={props.icon ?? ICONS[props.tone]} size={14} />
      {props.children}
    </span>
  );
}

/** A message in the page. `alert` interrupts a screen reader, `status` waits; without a role nothing is announced. */
export function Notice(props: {
  tone: Tone;
  title?: string;
  isThin?: boolean;
  role?: 'alert' | 'status';
  children?: ReactNode;
}): ReactNode {
  return (
    <div
      role={props.role}
      className={[styles['notice'], styles[props.tone], props.isThin === true ? styles['thin'] : ''].join(
        ' ',
      )}
    >
      <Icon name={ICONS[props.tone]} size={20} />
      <div>
        {props.title === undefined ? null : <p className={styles['title']}>{props.title}</p>}
        {props.children}
      </div>
    </div>
  );
}
