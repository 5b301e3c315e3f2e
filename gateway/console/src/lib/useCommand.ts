import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

import { ApiError } from '~/lib/api/problem';
import { useWords } from '~/lib/errors/useWords';
import { sayFailed } from '~/ui/say';

export interface CommandOptions<Input, Output> {
  /** Query keys (their beginnings) that show something else afterwards. */
  refreshes?: readonly (readonly unknown[])[];
  onDone?: (output: Output, input: Input) => void;
  /** True: said already, at its place. Otherwise a notification says it. */
  onRefused?: (error: unknown, input: Input) => boolean | undefined;
}

export interface Command<Input> {
  run: (input: Input) => void;
  busy: boolean;
  error: unknown;
  reset: () => void;
}

/**
 * A change through the API that acts once: a second click while the first is under way does nothing, and a retry of the same
 * input carries the same Idempotency-Key until it has succeeded.
 *
 *   const cancel = useCommand((input: { reason: string }, headers) =>
 *     ok(api.POST('/v1/appointments/{id}/cancel', { params: { path: { id }, header: headers }, body: input })));
 */
export function useCommand<Input, Output>(
  act: (input: Input, headers: { 'Idempotency-Key': string }) => Promise<Output>,
  options: CommandOptions<Input, Output> = {},
): Command<Input> {
  const queries = useQueryClient();
  const words = useWords();
  const intent = useRef<{ input: string; key: string }>(undefined);
  const running = useRef(false);
  const latest = useRef(options);
  latest.current = options;

  const { mutate, isPending, error, reset } = useMutation<Output, unknown, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input ?? null);
      if (intent.current?.input !== text) intent.current = { input: text, key: crypto.randomUUID() };
      return act(input, { 'Idempotency-Key': intent.current.key });
    },
    onSuccess: (output, input) => {
      intent.current = undefined;
      for (const key of latest.current.refreshes ?? []) void queries.invalidateQueries({ queryKey: key });
      latest.current.onDone?.(output, input);
    },
    onError: (failure, input) => {
      // The state is another one than the screen shows: it shows the new one.
      if (failure instanceof ApiError && (failure.status === 409 || failure.status === 412)) {
        for (const key of latest.current.refreshes ?? []) void queries.invalidateQueries({ queryKey: key });
      }
      if (!latest.current.onRefused?.(failure, input)) sayFailed(words(failure));
    },
    onSettled: () => {
      running.current = false;
    },
  });

  const run = useCallback(
    (input: Input) => {
      if (running.current) return;
      running.current = true;
      mutate(input);
    },
    [mutate],
  );
  return { run, busy: isPending, error, reset };
}
