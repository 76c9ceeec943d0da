/** Where the bootstrap data of a machine is kept until its instance has fetched it. */
export type SecretsBackend = "secrets-manager" | "ssm-parameter-store";

export interface SecretLocation {
  readonly backend: SecretsBackend;
  readonly region: string;
  /** `<prefix>-<i>` in Secrets Manager, `<prefix>/<i>` in the parameter store. */
  readonly prefix: string;
  readonly chunks: number;
}

const boundary = "MIMEBOUNDARY";
const secretFile = "/etc/secret-userdata.txt";

/**
 * User data that holds no secret: a boothook fetches the chunks, deletes them, and restarts cloud-init, which then finds the
 * real user data in a file.
 */
export function loaderUserData(location: SecretLocation): string {
  const part = (type: string, body: string) =>
    `--${boundary}\nContent-Type: ${type}; charset="us-ascii"\nMIME-Version: 1.0\n` +
    `Content-Transfer-Encoding: 7bit\n\n${body}\n`;
  return (
    `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${boundary}"\n\n` +
    part("text/cloud-boothook", boothook(location)) +
    part("text/x-include-url", `file://${secretFile}`) +
    `--${boundary}--\n`
  );
}

function boothook(location: SecretLocation): string {
  const { region, prefix, chunks, backend } = location;
  return `#!/bin/bash
set -o nounset
REGION="${region}"
SECRET_PREFIX="${prefix}"
CHUNKS="${chunks}"
FILE="${secretFile}"

# cloud-init runs boothooks more than once; the first run did the work.
if test -f "$FILE"; then
  exit 0
fi
umask 077

repeat() {
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    "$@" && return 0
    sleep 10
  done
  return 1
}

${backend === "secrets-manager" ? secretsManagerCommands : parameterStoreCommands}
for i in $(seq 0 $((CHUNKS - 1))); do
  repeat fetch "$i" || echo "could not fetch chunk $i"
done
for i in $(seq 0 $((CHUNKS - 1))); do
  repeat discard "$i" || exit 1
done
gunzip < "$FILE.gz" > "$FILE" || exit 4
rm -f "$FILE.gz"
systemctl restart cloud-init
`;
}

const secretsManagerCommands = `fetch() {
  aws secretsmanager --region "$REGION" get-secret-value --output text --query SecretBinary \\
    --secret-id "$SECRET_PREFIX-$1" | base64 -d >> "$FILE.gz"
}
discard() {
  aws secretsmanager --region "$REGION" delete-secret --force-delete-without-recovery \\
    --secret-id "$SECRET_PREFIX-$1"
}`;

const parameterStoreCommands = `fetch() {
  aws ssm --region "$REGION" get-parameter --with-decryption --output text --query Parameter.Value \\
    --name "$SECRET_PREFIX/$1" | base64 -d >> "$FILE.gz"
}
discard() {
  aws ssm --region "$REGION" delete-parameter --name "$SECRET_PREFIX/$1"
}`;
