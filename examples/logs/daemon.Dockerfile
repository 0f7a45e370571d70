FROM public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15
COPY fluent-bit-daemon.yaml /fluent-bit/etc/daemon.yaml
ENTRYPOINT ["/fluent-bit/bin/fluent-bit", "-c", "/fluent-bit/etc/daemon.yaml"]
