import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { api, ok, type Schema } from '~/lib/api/client';
import { ApiError } from '~/lib/api/problem';

import { changedPaths, type Fields, fieldsOf, merge, patchOf, type Path, pathOfPointer, type Value } from './note';

type Consultation = Schema<'Consultation'>;

export type SaveState = 'saved' | 'typing' | 'saving' | 'failed';

export interface NoteDraft {
  fields: Fields;
  set: (path: Path, value: Value | undefined) => void;
  state: SaveState;
  savedAt: string;
  /** Why the last try failed; it is tried again by itself. */
  error: unknown;
  /** What somebody else saved at fields that changed here, too. Not saved until a person has decided. */
  conflicts: Partial<Record<Path, { theirs: Value | undefined }>>;
  resolve: (path: Path, value: Value | undefined) => void;
  /** Fields that the server refused, with the rule. */
  faults: Partial<Record<Path, { rule: string; detail: string }>>;
  /** Saves now; true when everything is saved. */
  flush: () => Promise<boolean>;
  version: () => number;
}

const TYPING_MS = 800;
const AGAIN_MS = 4_000;

interface Inner {
  base: Fields;
  mine: Fields;
  version: number;
  conflicts: NoteDraft['conflicts'];
  faults: NoteDraft['faults'];
}

/** The note as it is written: saved by itself field by field, merged with what others saved, kept while there is no line. */
export function useNoteDraft(consultation: Consultation): NoteDraft {
  const queries = useQueryClient();
  const id = consultation.id;
  const inner = useRef<Inner>(undefined);
  inner.current ??= {
    base: fieldsOf(consultation.note), mine: fieldsOf(consultation.note), version: consultation.version, conflicts: {}, faults: {},
  };
  const it = inner.current;
  const [, redraw] = useState(0);
  const [state, setState] = useState<SaveState>('saved');
  const [savedAt, setSavedAt] = useState(consultation.updated_at);
  const [error, setError] = useState<unknown>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<boolean>>(undefined);
  const mounted = useRef(true);

  const dirty = useCallback(
    () => changedPaths(it.base, it.mine).filter((path) => !it.conflicts[path] && !it.faults[path]),
    [it],
  );
  /** Another version came: by a refused save, or seen when the window was looked at again. */
  const adopt = useCallback(
    (fresh: Consultation) => {
      const theirs = fieldsOf(fresh.note);
      const merged = merge(it.base, it.mine, theirs);
      it.base = theirs;
      it.mine = merged.fields;
      it.version = fresh.version;
      const conflicts: NoteDraft['conflicts'] = {};
      for (const path of merged.conflicts) conflicts[path] = { theirs: theirs[path] };
      for (const path of Object.keys(it.conflicts) as Path[]) conflicts[path] ??= { theirs: theirs[path] };
      it.conflicts = conflicts;
      redraw((count) => count + 1);
    },
    [it],
  );

  const saveOnce = useCallback(async (): Promise<'done' | 'again' | 'failed'> => {
    const paths = dirty();
    if (paths.length === 0) return 'done';
    const sent: Fields = {};
    for (const path of paths) if (it.mine[path] !== undefined) sent[path] = it.mine[path];
    try {
      const fresh = await ok(
        api.PATCH('/v1/consultations/{id}', {
          params: { path: { id }, header: { 'If-Match': `"v${it.version}"`, 'Idempotency-Key': crypto.randomUUID() } },
          body: { note: patchOf(it.mine, paths) },
        }),
      );
      it.version = fresh.version;
      it.base = fieldsOf(fresh.note);
      // Typed on meanwhile, or written by the server in its own way: what is not newer here is as it was saved.
      for (const path of paths) if (it.mine[path] === sent[path]) it.base[path] = sent[path];
      setSavedAt(fresh.updated_at);
      queries.setQueryData(['consultation', id], fresh);
      return 'again';
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 412) {
        const fresh = await ok(api.GET('/v1/consultations/{id}', { params: { path: { id } } })).catch(() => undefined);
        if (!fresh) return 'failed';
        adopt(fresh);
        return 'again';
      }
      let found = false;
      for (const one of failure instanceof ApiError ? (failure.body.errors ?? []) : []) {
        const path = pathOfPointer(one.pointer);
        if (!path || !paths.includes(path)) continue;
        it.faults = { ...it.faults, [path]: { rule: one.rule, detail: one.detail } };
        found = true;
      }
      redraw((count) => count + 1);
      if (found) return 'again';
      setError(failure);
      // Completed, cancelled or taken over elsewhere: the page shows what it is now.
      if (failure instanceof ApiError && failure.status === 409) void queries.invalidateQueries({ queryKey: ['consultation', id] });
      return 'failed';
    }
  }, [adopt, dirty, id, it, queries]);

  const flush = useCallback((): Promise<boolean> => {
    clearTimeout(timer.current);
    running.current ??= (async () => {
      if (dirty().length > 0) setState('saving');
      let outcome = await saveOnce();
      while (outcome === 'again') outcome = await saveOnce();
      running.current = undefined;
      if (outcome === 'failed') {
        setState('failed');
        if (mounted.current) timer.current = setTimeout(() => void flush(), AGAIN_MS);
        return false;
      }
      setState('saved');
      setError(undefined);
      return changedPaths(it.base, it.mine).length === 0;
    })();
    return running.current;
  }, [dirty, it, saveOnce]);

  const set = useCallback(
    (path: Path, value: Value | undefined) => {
      const { [path]: _old, ...others } = it.mine;
      it.mine = value === undefined ? others : { ...others, [path]: value };
      const { [path]: _fault, ...faults } = it.faults;
      it.faults = faults;
      redraw((count) => count + 1);
      setState((before) => (before === 'saving' ? before : 'typing'));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), TYPING_MS);
    },
    [flush, it],
  );
  const resolve = useCallback(
    (path: Path, value: Value | undefined) => {
      const { [path]: _decided, ...conflicts } = it.conflicts;
      it.conflicts = conflicts;
      set(path, value);
    },
    [it, set],
  );

  useEffect(() => {
    if (consultation.version > it.version && !running.current) adopt(consultation);
  }, [adopt, consultation, it]);

  useEffect(() => {
    mounted.current = true;
    const leave = (event: BeforeUnloadEvent) => {
      if (changedPaths(it.base, it.mine).length > 0) event.preventDefault();
    };
    const back = () => void flush();
    window.addEventListener('beforeunload', leave);
    window.addEventListener('online', back);
    return () => {
      mounted.current = false;
      window.removeEventListener('beforeunload', leave);
      window.removeEventListener('online', back);
      void flush();
    };
  }, [flush, it]);

  return useMemo(
    () => ({
      fields: it.mine, set, state, savedAt, error, conflicts: it.conflicts, resolve, faults: it.faults, flush, version: () => it.version,
    }),
    // The insides change in place; each change of theirs draws anew.
    [it.mine, it.conflicts, it.faults, it, set, state, savedAt, error, resolve, flush],
  );
}
