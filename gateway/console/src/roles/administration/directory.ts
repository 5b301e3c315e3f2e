/** What a change of departments, specialties or doctors shows elsewhere. */
export const DIRECTORY = [['departments'], ['specialties'], ['doctors'], ['queues']] as const;
