# tries: make system calls without Python, by the image's perl: keyrings, namespaces, ptrace, io_uring, vsock, old and new mounts
# holds: the filter looks at calls, not at languages
# threat: T5
# ends: success
# proof: tried \d+
# skip: runsc gVisor answers these calls itself, behind its own filter

perl -e '
  my %calls = (add_key => [248, "user", "x", "x", 1, -3], unshare => [272, 0x10000000], ptrace => [101, 16, 1, 0, 0],
    io_uring => [425, 4, "\0" x 128], bpf => [321, 0, "\2\0\0\0\4\0\0\0\4\0\0\0\1\0\0\0" . "\0" x 112, 128],
    userfaultfd => [323, 1], mount => [165, "x", "/mnt", "tmpfs", 0, 0], fsopen => [430, "tmpfs", 0],
    setns => [308, 0, 0], kexec => [246, 0, 0, 0, 0], clone3 => [435, "\0\0\0\x10" . "\0" x 84, 88],
    vsock => [41, 40, 1, 0], packet => [41, 17, 3, 0], perf => [298, "\0" x 128, 0, -1, -1, 0]);
  my $tried = 0;
  exit print("tried 0: another processor\n") if `uname -m` !~ /x86_64/;
  for my $name (sort keys %calls) {
    my ($number, @arguments) = @{ $calls{$name} };
    my $result = syscall($number, @arguments);
    $tried++;
    print $result == -1 ? "$name: $!\n" : "BREACH $name\n";
    exit if $name eq "clone3" && $result == 0;
  }
  print "tried $tried\n";
'
