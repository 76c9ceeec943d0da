import { formatTime, parseTime } from "../../kernel/clock.ts";
import type { WireRequest } from "../../wire/contract.ts";
import { AwsError } from "../aws-error.ts";
import { skewError } from "./tables/service-errors.ts";

const toleratedMs = 5 * 60_000;

/** Refuses what was signed too long before or after the time that AWS takes it to be: only while clocks differ. */
export function checkSkew(
  request: WireRequest,
  service: string,
  nowMs: number,
  skewMs: number,
): void {
  const signed = request.headers["x-amz-date"];
  if (skewMs === 0 || signed === undefined) return;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(signed) ?? [];
  const signedMs = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) ?? Number.NaN;
  const awsMs = nowMs + skewMs;
  if (!(Math.abs(signedMs - awsMs) > toleratedMs)) return;
  const now = formatTime(awsMs).replaceAll(/[-:]/g, "");
  const { code, status, message } = skewError(service, signed, now);
  throw new AwsError(code, message, { status });
}
