# Completion of renewctl for fish: renewctl completion fish | source in ~/.config/fish/config.fish,
# or save it as ~/.config/fish/completions/renewctl.fish.
#
# Each line of the answer is a whole word, a tab and what it means. Nothing is evaluated: renewctl
# offers of its store only words of letters, digits and . _ - @ +.

function __renewctl_offered
    set -l line (commandline -cp | string collect)
    for answer in (_RENEWCTL_COMPLETE=lines _RENEWCTL_LINE="$line" renewctl 2>/dev/null)
        if test "$answer" = \tfile
            set -l token (commandline -ct)
            set -l option (string match --regex -- '^--[\w-]+=' $token)
            printf "$option%s\n" (__fish_complete_path (string replace -- "$option" '' $token))
        else
            printf '%s\n' $answer
        end
    end
end
complete --command renewctl --no-files --arguments '(__renewctl_offered)'
