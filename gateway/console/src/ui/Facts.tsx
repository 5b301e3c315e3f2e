import type { ReactNode } from 'react';

import classes from './Facts.module.css';

interface Props {
  rows: readonly (readonly [string, ReactNode])[];
  /** Beside one another, each label above its value; else one below the other. */
  inline?: boolean;
}

/** Labels and values; what is not known is left out. */
export function Facts({ rows, inline }: Props) {
  return (
    <dl className={inline ? classes.inline : classes.facts}>
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([label, value]) => (
          <div key={label} className={inline ? classes.fact : classes.row}>
            <dt>{label}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
