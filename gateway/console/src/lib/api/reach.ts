/** Whether the last question got any answer: a phone believes itself online long after the line is dead. */
let reached = true;
const listeners = new Set<() => void>();

export const reach = {
  read: () => reached,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  tell: (answered: boolean) => {
    if (answered === reached) return;
    reached = answered;
    for (const listener of listeners) listener();
  },
};
