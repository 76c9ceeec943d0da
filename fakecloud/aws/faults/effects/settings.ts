import type { Ec2Quotas } from "../../ec2/ec2-settings.ts";
import { unlimitedQuotas } from "../../ec2/ec2-settings.ts";
import type { Span } from "../../../network/load-balancing.ts";
import { type Effect } from "../fault-context.ts";

const exactly = (ms: number): Span => ({ min: ms, max: ms });

/** Where nothing takes time, a factor has this to work on. */
function times(span: Span, factor: number, usual: number): Span {
  const base = span.max === 0 ? exactly(usual) : span;
  return { min: Math.round(base.min * factor), max: Math.round(base.max * factor) };
}

export const consistencyLag: Effect = ({ ec2 }, { fields }) => {
  const max = fields.number("max");
  const span = { min: Math.min(fields.number("min"), max), max };
  const lag = { chance: fields.number("share"), span };
  return { end: ec2.adjustSettings((settings) => ({ ...settings, lag, staleness: lag })) };
};

export const quota: Effect = ({ ec2 }, { fields }) => {
  const name = fields.text("name") as keyof Ec2Quotas;
  return {
    end: ec2.adjustSettings((settings) => ({
      ...settings,
      quotas: { ...(settings.quotas ?? unlimitedQuotas), [name]: fields.number("value") },
    })),
  };
};

export const slowIdentity: Effect = ({ ec2 }, { fields }) => ({
  end: ec2.adjustSettings((settings) => ({ ...settings, profileDelayMs: fields.number("takes") })),
});

export const slowStop: Effect = ({ ec2 }, { fields }) => {
  const takes = exactly(fields.number("takes"));
  return {
    end: ec2.adjustSettings((settings) => ({
      ...settings,
      durations: { ...settings.durations, instanceStop: takes, instanceTermination: takes },
    })),
  };
};

export const slowLoadBalancers: Effect = ({ balancing }, { fields }) => {
  const factor = fields.number("factor");
  return {
    end: balancing.adjustTimings((timings) => ({
      ...timings,
      classicProvisioning: times(timings.classicProvisioning, factor, 30_000),
      provisioning: times(timings.provisioning, factor, 120_000),
      targetRegistration: times(timings.targetRegistration, factor, 90_000),
    })),
  };
};

export const lingeringInterfaces: Effect = ({ balancing }, { fields }) => ({
  end: balancing.adjustTimings((timings) => ({
    ...timings,
    interfaceCleanup: exactly(fields.number("takes")),
  })),
});
