/**
 * How the built-in kinds are addressed: group/version, then "Kind plural short,names marks subresources". Marks: n namespaced,
 * a in category "all", e in category "api-extensions", - neither stored nor listed.
 */
export const kindTable = `
v1
  Binding bindings . n- .
  ComponentStatus componentstatuses cs . .
  ConfigMap configmaps cm n .
  Endpoints endpoints ep n .
  Event events ev n .
  LimitRange limitranges limits n .
  Namespace namespaces ns . status,finalize
  Node nodes no . status,proxy
  PersistentVolume persistentvolumes pv . status
  PersistentVolumeClaim persistentvolumeclaims pvc n status
  Pod pods po na status,attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize
  PodTemplate podtemplates . n .
  ReplicationController replicationcontrollers rc na status,scale
  ResourceQuota resourcequotas quota n status
  Secret secrets . n .
  Service services svc na status,proxy
  ServiceAccount serviceaccounts sa n token
admissionregistration.k8s.io/v1
  MutatingWebhookConfiguration mutatingwebhookconfigurations . e .
  ValidatingAdmissionPolicy validatingadmissionpolicies . e status
  ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings . e .
  ValidatingWebhookConfiguration validatingwebhookconfigurations . e .
apiextensions.k8s.io/v1
  CustomResourceDefinition customresourcedefinitions crd,crds e status
apiregistration.k8s.io/v1
  APIService apiservices . e status
apps/v1
  ControllerRevision controllerrevisions . n .
  DaemonSet daemonsets ds na status
  Deployment deployments deploy na status,scale
  ReplicaSet replicasets rs na status,scale
  StatefulSet statefulsets sts na status,scale
authentication.k8s.io/v1
  SelfSubjectReview selfsubjectreviews . - .
  TokenReview tokenreviews . - .
authorization.k8s.io/v1
  LocalSubjectAccessReview localsubjectaccessreviews . n- .
  SelfSubjectAccessReview selfsubjectaccessreviews . - .
  SelfSubjectRulesReview selfsubjectrulesreviews . - .
  SubjectAccessReview subjectaccessreviews . - .
autoscaling/v2
  HorizontalPodAutoscaler horizontalpodautoscalers hpa na status
autoscaling/v1
  HorizontalPodAutoscaler horizontalpodautoscalers hpa na status
batch/v1
  CronJob cronjobs cj na status
  Job jobs . na status
certificates.k8s.io/v1
  CertificateSigningRequest certificatesigningrequests csr . status,approval
coordination.k8s.io/v1
  Lease leases . n .
discovery.k8s.io/v1
  EndpointSlice endpointslices . n .
events.k8s.io/v1
  Event events ev n .
flowcontrol.apiserver.k8s.io/v1
  FlowSchema flowschemas . . status
  PriorityLevelConfiguration prioritylevelconfigurations . . status
networking.k8s.io/v1
  Ingress ingresses ing n status
  IngressClass ingressclasses . . .
  IPAddress ipaddresses ip . .
  NetworkPolicy networkpolicies netpol n .
  ServiceCIDR servicecidrs . . status
node.k8s.io/v1
  RuntimeClass runtimeclasses . . .
policy/v1
  PodDisruptionBudget poddisruptionbudgets pdb n status
rbac.authorization.k8s.io/v1
  ClusterRole clusterroles . . .
  ClusterRoleBinding clusterrolebindings . . .
  Role roles . n .
  RoleBinding rolebindings . n .
scheduling.k8s.io/v1
  PriorityClass priorityclasses pc . .
storage.k8s.io/v1
  CSIDriver csidrivers . . .
  CSINode csinodes . . .
  CSIStorageCapacity csistoragecapacities . n .
  StorageClass storageclasses sc . .
  VolumeAttachment volumeattachments . . status
  VolumeAttributesClass volumeattributesclasses vac . .
`;
