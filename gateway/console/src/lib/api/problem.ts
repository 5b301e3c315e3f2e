/** What the gateway answers when it refuses (application/problem+json), or what stands for it when nothing answered. */
export interface ProblemBody {
  status: number;
  code: string;
  title?: string;
  detail?: string;
  traceId?: string;
  errors?: { pointer: string; rule: string; detail: string }[];
  [more: string]: unknown;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;
  readonly retryAfterS: number | undefined;

  constructor(body: ProblemBody, retryAfterS?: number) {
    super(`${body.status} ${body.code}`);
    this.name = 'ApiError';
    this.status = body.status;
    this.code = body.code;
    this.body = body;
    this.retryAfterS = retryAfterS;
  }
}

/** Nothing answered: no network, or a gateway that is starting. */
export const OFFLINE = 'offline';
export const offline = () => new ApiError({ status: 0, code: OFFLINE });

export function isProblem(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

export async function problemOf(response: Response): Promise<ApiError> {
  let body: ProblemBody = { status: response.status, code: `http-${response.status}` };
  try {
    const told: unknown = await response.json();
    if (typeof told === 'object' && told !== null && 'code' in told) body = { ...body, ...(told as ProblemBody) };
  } catch {
    // A proxy's page in between: the status is all that is known.
  }
  return new ApiError(body, retryAfter(response));
}

export function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
