import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { type LiveState, useLive } from '~/lib/live/useLive';
import { useNow } from '~/ui/Clock';
import { LiveBadge } from '~/ui/LiveBadge';

import classes from './Board.module.css';
import { afterFrame, byLabel, type Ticket } from './tickets';
import { useAwake } from './useAwake';

/** A board that lost its line for so long says so in words that the room can read. */
const SAID_ALOUD_AFTER_S = 20;
/** As many calls as fit as large as can be; more stand closer. */
const SHOWN_LARGE = 4;
/** As many as fit large; of the others their number is said. */
const SHOWN_WAITING = 16;
/** A board hangs on the wall for years: a token that is not (yet, any more) known is asked about again. */
const ASKED_AGAIN_MS = 30_000;
/** Nobody known is not nobody there. */
const NOT_YET: ReadonlyMap<string, Ticket> = new Map();

/** `/board/{token}`: who is called, and where to. Labels only, for a screen on the wall [QUE-8, UI-2]. */
export function BoardPage() {
  const { t } = useTranslation('board');
  const { token } = getRouteApi('/board/$token').useParams();
  const [round, setRound] = useState(0);
  useEffect(() => {
    document.title = `${t('title')} · Ambula`;
  }, [t]);
  useAwake();
  return <Board key={`${token} ${round}`} token={token} onGone={() => setRound(round + 1)} />;
}

function Board({ token, onGone }: { token: string; onGone: () => void }) {
  const { t } = useTranslation('board');
  const [tickets, hear] = useReducer(afterFrame, NOT_YET);
  const known = tickets !== NOT_YET;
  const state = useLive(`/v1/board/${encodeURIComponent(token)}`, hear);
  const again = useRef(onGone);
  again.current = onGone;
  useEffect(() => {
    if (state !== 'gone') return undefined;
    const timer = setTimeout(() => again.current(), ASKED_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const all = [...tickets.values()];
  const called = all.filter((one) => one.status === 'CALLED').sort((a, b) => b.order - a.order);
  const waiting = all.filter((one) => one.status === 'WAITING').sort(byLabel);
  return (
    <main className={classes.board}>
      <header className={classes.header}>
        <h1 className={classes.title}>{t('title')}</h1>
        <Clock />
        <LiveBadge state={state} />
      </header>
      <Outage state={state} />
      {(state !== 'gone' || tickets.size > 0) && (
        <div className={classes.content} data-old={state === 'reconnecting' || state === 'gone' || undefined}>
          <Called tickets={called} known={known} />
          <Waiting tickets={waiting} known={known} />
        </div>
      )}
      <Spoken tickets={called} />
    </main>
  );
}

function Called({ tickets, known }: { tickets: Ticket[]; known: boolean }) {
  const { t } = useTranslation('board');
  return (
    <section className={classes.called} aria-labelledby="board-called">
      <h2 id="board-called" className={classes.heading}>
        {t('called')}
      </h2>
      {tickets.length === 0 && known && <p className={classes.calm}>{t('nobodyCalled')}</p>}
      <ul className={classes.calls} data-many={tickets.length > SHOWN_LARGE || undefined}>
        {tickets.map((one) => (
          <li key={one.label} className={classes.call}>
            <span className={classes.hidden}>{t('ticket')} </span>
            <bdi className={classes.label}>{one.label}</bdi>
            {one.room && <span className={classes.room}>{t('room', { room: one.room })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** In the order of their numbers: who is called first is decided by need, and nobody's need stands on a wall. */
function Waiting({ tickets, known }: { tickets: Ticket[]; known: boolean }) {
  const { t } = useTranslation('board');
  return (
    <section className={classes.waiting} aria-labelledby="board-waiting">
      <h2 id="board-waiting" className={classes.heading}>
        {t('waiting')}
      </h2>
      {tickets.length === 0 && known && <p className={classes.calm}>{t('nobodyWaiting')}</p>}
      <ul className={classes.labels}>
        {tickets.slice(0, SHOWN_WAITING).map((one) => (
          <li key={one.label}>
            <bdi>{one.label}</bdi>
          </li>
        ))}
        {tickets.length > SHOWN_WAITING && <li className={classes.more}>{t('more', { count: tickets.length - SHOWN_WAITING })}</li>}
      </ul>
      <p className={classes.hint}>{t('hint')}</p>
    </section>
  );
}

/** Each new call, once, for who does not look. */
function Spoken({ tickets }: { tickets: Ticket[] }) {
  const { t } = useTranslation('board');
  const newest = tickets[0];
  const words = newest ? t(newest.room ? 'spoken' : 'spokenWithout', { label: newest.label, room: newest.room }) : '';
  return (
    <p className={classes.hidden} role="status" aria-live="polite">
      {words}
    </p>
  );
}

function Outage({ state }: { state: LiveState }) {
  const { t } = useTranslation('board');
  const now = useNow(5);
  const since = useRef(Date.now());
  if (state === 'live') since.current = now;
  if (state === 'gone') return <p className={classes.outage}>{t('gone')}</p>;
  if (state === 'live' || now - since.current < SAID_ALOUD_AFTER_S * 1000) return null;
  return <p className={classes.outage}>{t('outage')}</p>;
}

function Clock() {
  const { i18n } = useTranslation();
  const now = new Date(useNow(5));
  return (
    <time className={classes.clock} dateTime={now.toISOString()}>
      {new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }).format(now)}
    </time>
  );
}
