import { parsePolicy } from "./documents.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, PolicyHolder } from "./iam-account.ts";
import { page } from "./pages.ts";

const maxAttached = 10;

type Find<Input> = (iam: IamAccount, input: Input) => PolicyHolder;

interface PolicyInput {
  readonly PolicyArn?: string | undefined;
}

interface InlineInput {
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: string | undefined;
}

interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

interface AttachedInput extends PageInput {
  readonly PathPrefix?: string | undefined;
}

/** The five calls about managed and inline policies, the same for roles and users. */
export function policyCalls<Input>(find: Find<Input>) {
  return {
    attach: (iam: IamAccount, input: Input & PolicyInput) => {
      const holder = find(iam, input);
      const { arn } = iam.policy(input.PolicyArn);
      if (holder.attached.size >= maxAttached && !holder.attached.has(arn)) {
        const message = `Cannot exceed quota for PoliciesPerRole: ${maxAttached}`;
        throw iamError("LimitExceeded", message);
      }
      holder.attached.add(arn);
      return {};
    },
    detach: (iam: IamAccount, input: Input & PolicyInput) => {
      if (find(iam, input).attached.delete(input.PolicyArn ?? "")) return {};
      throw iamError("NoSuchEntity", `Policy ${input.PolicyArn} was not found.`);
    },
    listAttached: (iam: IamAccount, input: Input & AttachedInput) => {
      const { PathPrefix: prefix = "/" } = input;
      const attached = [...find(iam, input).attached].filter((arn) =>
        iam.policy(arn).path.startsWith(prefix),
      );
      const { items, ...marker } = page(attached, input);
      const AttachedPolicies = items.map((arn) => ({
        PolicyName: iam.policy(arn).name,
        PolicyArn: arn,
      }));
      return { AttachedPolicies, ...marker };
    },
    put: (iam: IamAccount, input: Input & InlineInput) => {
      const { PolicyName: name = "", PolicyDocument: document = "" } = input;
      const holder = find(iam, input);
      parsePolicy(document);
      holder.inline.set(name, document);
      return {};
    },
    remove: (iam: IamAccount, input: Input & InlineInput) => {
      const holder = find(iam, input);
      if (holder.inline.delete(input.PolicyName ?? "")) return {};
      throw noInline(holder, input.PolicyName);
    },
    get: (iam: IamAccount, input: Input & InlineInput) => {
      const holder = find(iam, input);
      const document = holder.inline.get(input.PolicyName ?? "");
      if (document === undefined) throw noInline(holder, input.PolicyName);
      return { PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
    },
    list: (iam: IamAccount, input: Input & PageInput) => {
      const { items, ...marker } = page([...find(iam, input).inline.keys()], input);
      return { PolicyNames: [...items], ...marker };
    },
  };
}

function noInline(holder: PolicyHolder, name: string | undefined) {
  const kind = holder.arn.includes(":role/") ? "role" : "user";
  const message = `The ${kind} policy with name ${name} cannot be found.`;
  return iamError("NoSuchEntity", message);
}
